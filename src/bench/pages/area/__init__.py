"""An area made of councils: its reckoned figures beside England, its councils and peers."""
