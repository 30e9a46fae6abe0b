// The topics of a source: who runs the brokers may make them before the connectors start, where connectors may not.
#pragma once

#include <string>
#include <vector>

#include "kafka_connect/capture.h"

namespace pipec::backend::kafka_connect {

struct Topic {
  std::string name;
  /// How long its records are kept; below 0 for ever, 0 as long as the broker is set up for.
  int64_t retention_seconds = 0;
};

/// Each has one partition: the order of its records is kept, and would be lost if the number were changed later.
std::vector<Topic> topics_of(const Capture& capture);
/// Settings of a topic in the broker's words: deleted by age, never compacted.
std::vector<std::pair<std::string, std::string>> topic_settings(const Topic& topic);
/// What an admin client creates a topic from.
std::string topic_document(const Topic& topic);

}  // namespace pipec::backend::kafka_connect
