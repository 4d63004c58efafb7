"""The bands of params/rag.yaml as the tests of judging hold them, whatever that file comes to say."""

from bench.judge.rag import Rules


def rules(rule="auto", average="mean", **changes):
    bands = {
        "rule": rule,
        "average": average,
        "auto": {"material": "0.5", "probable": 0.7, "sure": 0.9, "close": 0.5},
        "spread": {"half_width": "0.5", "least_councils": 30},
        "quartile": {"least_values": 5},
        "tolerance": {"per_cent_of_benchmark": "5"},
        "funnel": {"tau": "calibrated", "winsorised": "0.1", "least_councils": 30},
        "ranks": {"least_councils": 30},
        "few_peers": 5,
        "trend": {
            "years": 5,
            "least_years": 4,
            "least_councils": 30,
            "significance": 0.05,
        },
    }
    return Rules.model_validate(bands | changes)
