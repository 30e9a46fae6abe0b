// Where a secret that a declaration names is found by what runs the Steps.
#pragma once

#include <string>

#include "base/symbol.h"

namespace pipec::backend {

/// secret('alerts-webhook') is "env:ALERTS_WEBHOOK".
std::string reference_of_secret(Symbol name);

}  // namespace pipec::backend
