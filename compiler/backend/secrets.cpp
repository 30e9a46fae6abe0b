#include "backend/secrets.h"

namespace pipec::backend {

std::string reference_of_secret(Symbol name) {
  std::string variable = "env:";
  for (char c : name.text()) {
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_word = is_lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    variable += is_lower ? static_cast<char>(c - 'a' + 'A') : is_word ? c : '_';
  }
  return variable;
}

}  // namespace pipec::backend
