"""What is looked for in the syntax trees of scripts."""

from __future__ import annotations

from typing import Final

DECLARED: Final = """
(variable_declarator name: (identifier) @name)
(function_declaration name: (identifier) @name)
(generator_function_declaration name: (identifier) @name)
(generator_function name: (identifier) @name)
(function_expression name: (identifier) @name)
(function_signature name: (identifier) @name)
(class_declaration name: (type_identifier) @name)
(abstract_class_declaration name: (type_identifier) @name)
(class name: (type_identifier) @name)
(interface_declaration name: (type_identifier) @name)
(type_alias_declaration name: (type_identifier) @name)
(type_parameter name: (type_identifier) @name)
(infer_type . (type_identifier) @name)
(mapped_type_clause name: (type_identifier) @name)
(index_signature name: (identifier) @name)
(enum_declaration name: (identifier) @name)
(internal_module name: (identifier) @name)
(module name: (identifier) @name)
(required_parameter pattern: (identifier) @name)
(optional_parameter pattern: (identifier) @name)
(arrow_function parameter: (identifier) @name)
(catch_clause parameter: (identifier) @name)
(for_in_statement left: (identifier) @name)
(array_pattern (identifier) @name)
(array_pattern (assignment_pattern left: (identifier) @name))
(pair_pattern value: (identifier) @name)
(pair_pattern value: (assignment_pattern left: (identifier) @name))
(rest_pattern (identifier) @name)
(shorthand_property_identifier_pattern) @name
(import_clause (identifier) @name)
(namespace_import (identifier) @name)
(import_require_clause (identifier) @name)
(import_specifier name: (identifier) @name !alias)
(import_specifier alias: (identifier) @name)
"""
# Identifiers that name no value or type of this script.
NOT_NAMES: Final = """
(import_specifier name: (identifier) @name alias: (_))
(export_specifier alias: (identifier) @name)
(export_statement (export_clause (export_specifier name: (identifier) @name)) source: (_))
(nested_type_identifier name: (type_identifier) @name)
(namespace_export (identifier) @name)
"""
NAMES: Final = """
(identifier) @value
(shorthand_property_identifier) @value
(type_identifier) @type
"""
# In the grammars that have JSX.
TAGS: Final = """
(jsx_opening_element name: (identifier) @tag)
(jsx_closing_element name: (identifier) @tag)
(jsx_self_closing_element name: (identifier) @tag)
"""
REQUIRED: Final = """
(call_expression function: (import) arguments: (arguments . (string) @call .))
(call_expression function: (identifier) @_f arguments: (arguments . (string) @require .) (#eq? @_f "require"))
(assignment_expression
  left: (member_expression object: (identifier) @_m property: (property_identifier) @_e) @commonjs
  (#eq? @_m "module") (#eq? @_e "exports"))
(assignment_expression
  left: (member_expression object: (identifier) @_x property: (property_identifier)) @commonjs
  (#eq? @_x "exports"))
"""
