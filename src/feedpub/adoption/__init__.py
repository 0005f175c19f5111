"""adoption: what `feedpub init` finds in the folder of a site that another tool makes. Nothing is executed, nothing written."""

from feedpub.adoption.candidates import Candidate
from feedpub.adoption.facts import Facts
from feedpub.adoption.proposal import Proposal, proposal
from feedpub.adoption.trial import Trial

__all__ = ["Candidate", "Facts", "Proposal", "Trial", "proposal"]
