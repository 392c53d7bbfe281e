"""JUnit: a report as a test suite, a test case for each limit."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

from genesys_tui.probe.judgement import Verdict
from genesys_tui.probe.report import Report
from genesys_tui.probe.table import calls_in_words, table_of
from genesys_tui.sanitize import sanitized

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold, however they are written."""


def junit_of(report: Report) -> str:
    """The document, in ASCII. A broken limit is a failure; an error is one not measured, or a probe cut short."""
    broken = sum(verdict.outcome == "broken" for verdict in report.verdicts)
    errors = sum(verdict.outcome == "unmeasured" for verdict in report.verdicts) + _is_cut_short(report)
    counts = {"tests": len(report.verdicts) + 1, "failures": broken, "errors": errors, "skipped": 0}
    about = {name: str(count) for name, count in counts.items()} | {"time": f"{report.elapsed:.3f}"}
    suites = Xml.Element("testsuites", about)
    at = f"{report.started_at:%Y-%m-%dT%H:%M:%S}"
    suite = Xml.SubElement(suites, "testsuite", {"name": "genesys-tui probe", **about, "timestamp": at})
    properties = Xml.SubElement(suite, "properties")
    for name in ("profile", "environment", "model", "id"):
        Xml.SubElement(properties, "property", {"name": name, "value": _clean(getattr(report, name))})
    _made(suite, report)
    for verdict in report.verdicts:
        _limit(suite, verdict, report)
    Xml.SubElement(suite, "system-out").text = _clean("\n".join(table_of(report)))
    Xml.indent(suites)
    written: bytes = Xml.tostring(suites, encoding="us-ascii", xml_declaration=True)
    return written.decode("ascii") + "\n"


def _is_cut_short(report: Report) -> bool:
    return report.interrupted or report.stopped_by is not None


def _made(suite: Xml.Element, report: Report) -> None:
    case = _case(suite, "all calls were made", report, report.elapsed)
    if _is_cut_short(report):
        kind = report.stopped_by.kind if report.stopped_by else "interrupted"
        Xml.SubElement(case, "error", {"message": _clean(report.sentence), "type": _clean(kind)})


def _limit(suite: Xml.Element, verdict: Verdict, report: Report) -> None:
    case = _case(suite, f"{verdict.what} {verdict.wanted}", report)
    if verdict.outcome == "broken":
        message = f"{verdict.what}: {verdict.found_in_words}, where {verdict.wanted} was wanted"
        Xml.SubElement(case, "failure", {"message": message, "type": verdict.limit}).text = calls_in_words(report)
    elif verdict.outcome == "unmeasured":
        message = f"{verdict.what}: no call could be measured"
        Xml.SubElement(case, "error", {"message": message, "type": verdict.limit}).text = calls_in_words(report)


def _case(suite: Xml.Element, name: str, report: Report, seconds: float = 0.0) -> Xml.Element:
    place = {"name": name, "classname": f"probe.{_clean(report.profile)}", "time": f"{seconds:.3f}"}
    return Xml.SubElement(suite, "testcase", place)


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", sanitized(text))
