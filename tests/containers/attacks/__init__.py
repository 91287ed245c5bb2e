"""What a hostile app, or a hostile visitor of one, tries; each ends contained and named, and the builder stays quick.

The suite always runs whole: the real builder, the real engine, real apps. Nothing here leaves the machine; machines
that must not be reached are stand-ins in network namespaces of the suite's own.
"""
