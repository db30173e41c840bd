"""Intake: any filed file → a grid of located cells. Knows file formats and nothing of duties.

A document's bytes are looked through here (`sniff`, `preflight`) and parsed in a child process (`child`, one reader for
each format), then counted a second time by other code (`census`); what both see must agree.
"""

from generator.intake.read import census_gaps, read_document, read_documents
from generator.intake.read_prose import read_prose, write_annotated

__all__ = ["census_gaps", "read_document", "read_documents", "read_prose", "write_annotated"]
