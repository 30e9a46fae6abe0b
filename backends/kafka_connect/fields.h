// A connection's fields as a Connect worker gets them: plain, or as a reference that its config providers
// follow.
#pragma once

#include <string>
#include <string_view>

#include "pipeline/pipeline.h"

namespace pipec::backend::kafka_connect {

struct Field {
  enum class State { Missing, Plain, Reference };
  State state = State::Missing;
  std::string value;  // Reference: as Connect writes it, "${env:APP_PW}"
};

/// What is written of a value: plain, or "env:NAME", "file:/path#key".
Field field_value(const std::string& written);
/// The field `name` as this backend sees it: what is said for kafka_connect, else what is said for all.
Field field_of(const pipeline::Connection* connection, std::string_view name);

/// A worker takes "${a:b}" anywhere in a value for a reference, and there is no way to say that it is none.
bool reads_as_reference(std::string_view value);

}  // namespace pipec::backend::kafka_connect
