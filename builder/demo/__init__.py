"""The offline demo: reads a prompt without any model and adapts the nearest starter to it.

Pure apart from loading the starters and the bank of topics. `demo.answer` is the way in.
"""
