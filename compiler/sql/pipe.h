// A pipe on its way through the binder: what the steps so far give, under which names.
#pragma once

#include "sql/select.h"

namespace pipec::sql {

struct Binder::Piped {
  RelId rel;
  Scope scope;  // the columns in their order; hidden ones are further outputs of `rel`
};

}  // namespace pipec::sql
