"""The papers that an audit puts beside the table."""
