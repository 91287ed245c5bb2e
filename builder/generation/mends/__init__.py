"""Mends that cost nothing: what is wrong for certain, and has one certain way to be right. docs/mends.md."""

from builder.generation.mends.diagnostic import Diagnostic, signature
from builder.generation.mends.free import free_mends
from builder.generation.mends.packages.bundled import BundledPackages
from builder.generation.mends.packages.knowledge import ModuleNames, PackageKnowledge
from builder.generation.mends.work.mend import LeftAlone, Mend, Mended

__all__ = [
    "BundledPackages",
    "Diagnostic",
    "LeftAlone",
    "Mend",
    "Mended",
    "ModuleNames",
    "PackageKnowledge",
    "free_mends",
    "signature",
]
