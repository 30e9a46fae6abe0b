// One mistake, one error: what follows from an error that is reported elsewhere, and the same missing name again.
#pragma once

#include "project/declarations.h"
#include "project/resolution.h"

namespace pipec::project {

/// `diagnostics`: of the whole project, places in files. Works on those that say which name is missing (Diagnostic::about):
/// gone are those whose name a broken declaration would give; of several about one name the first stays, in the order of
/// files, and shows the other places. So do errors of types that have a column in common (Diagnostic::typed_by).
void drop_consequences(const Declarations& declarations, const Resolution& resolution,
                       std::vector<Diagnostic>& diagnostics);

}  // namespace pipec::project
