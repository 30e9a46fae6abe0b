// Which fields hold secrets, what a reference to one looks like, and how a text is shown without them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace pipec::project {

/// "password", "apiToken", "private-key": a part of the name says so.
bool is_secret_name(std::string_view name);

/// Text that carries a credential whatever its field is called: "postgres://user:word@host", "...;password=word".
bool holds_credential(std::string_view value);

enum class ReferenceForm { None, Good, Malformed };
/// "env:NAME" or "file:/absolute/path#key".
ReferenceForm reference_form(std::string_view value);

/// Every byte of the spans but blanks becomes '*'; so do the deeper lines below a span that ends its line.
std::string blot_out(std::string_view text, const std::vector<Span>& secrets);

/// The same for a text that could not be parsed: whatever follows a secret's name on its line, and deeper lines.
std::string blot_out_by_name(std::string_view text);

}  // namespace pipec::project
