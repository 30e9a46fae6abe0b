// Which warnings a project puts up with, and which it does not.
//
// `@allow(PIPE0602, 'why')` before a declaration or a column: warnings of that code inside it are not reported. An error
// cannot be allowed, a reason is needed, and one that allows nothing is a warning of its own.
// `defaults: { deny: [PIPE0602] }` of pipec.yaml, or `--deny`: warnings of that code are errors; `warnings` means all.
#pragma once

#include "project/declarations.h"

namespace pipec::project {

/// `diagnostics`: of the whole project, places in files. Takes out what is allowed, adds what is wrong with an @allow.
void apply_allowances(const Declarations& declarations, std::vector<Diagnostic>& diagnostics);

/// True for `warnings` and for the code of a warning.
bool can_be_denied(std::string_view word);
void deny(const std::vector<std::string>& words, std::vector<Diagnostic>& diagnostics);

}  // namespace pipec::project
