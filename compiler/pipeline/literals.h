// Texts that a seed's file holds, as values of the types of its columns.
#pragma once

#include <string_view>

#include "sql/type.h"

namespace pipec::pipeline {

/// True if Spark's ANSI cast of the text to the type gives a value without losing anything: whole numbers in range, decimals
/// that fit, days that exist. Types that no text is cast to (arrays, structs, intervals, variants): false.
bool is_literal_of(std::string_view text, sql::Type type);

/// The types that `is_literal_of` knows texts of.
bool has_literals(sql::Type type);

/// What to write: "a whole number from -128 to 127", "a day as 2026-01-31".
std::string_view literal_form(sql::Type type);

}  // namespace pipec::pipeline
