"""Probes: prompts run against a profile again and again, and the streams judged.

    plan.py → run.py → figures.py → judgement.py → report.py → table.py, document.py, junit.py, openmetrics.py
                            └──── baseline.py ────────┘

A library, too: ``report_of(run)`` once ``run.calls()`` has been iterated to its end.
"""
