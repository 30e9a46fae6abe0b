#include "kafka_connect/topics.h"

#include <fmt/format.h>

#include "artifact/document.h"
#include "kafka_connect/fields.h"
#include "kafka_connect/settings.h"

namespace pipec::backend::kafka_connect {
namespace {

constexpr int64_t kForEver = -1;
constexpr int64_t kDay = 86400;
constexpr int64_t kWeek = 7 * kDay;

}  // namespace

std::vector<Topic> topics_of(const Capture& capture) {
  const pipeline::Source& source = *capture.source;
  std::string_view name = source.head.name.text();
  std::vector<Topic> topics;
  for (const CapturedTable& table : capture.tables) {
    topics.push_back({table.topic, source.retention ? source.retention->seconds : 0});
  }
  // The others are Confluent's where it runs the connector.
  if (capture.managed) {
    topics.push_back({capture.signal_topic, kWeek});
    return topics;
  }
  // Nobody reads the beats; a connector writes them to move on.
  topics.push_back({fmt::format("__debezium-heartbeat.{}", name), kDay});
  if (capture.database == Database::Postgres) topics.push_back({fmt::format("{}.transaction", name), kDay});
  // What the connector reads of it, it writes to a topic as well; no sink lands that.
  if (!capture.signal_table.empty()) topics.push_back({fmt::format("{}.{}", name, signal_collection(capture)), kDay});
  // A connector that finds this one shortened cannot start again.
  if (facts_of(capture.database).keeps_history_in_kafka) topics.push_back({capture.history_topic, kForEver});
  if (field_of(capture.kafka, "brokers").state != Field::State::Missing)
    topics.push_back({capture.signal_topic, kWeek});
  return topics;
}

std::vector<std::pair<std::string, std::string>> topic_settings(const Topic& topic) {
  std::vector<std::pair<std::string, std::string>> settings{{"cleanup.policy", "delete"}, {"retention.bytes", "-1"}};
  if (topic.retention_seconds != 0) {
    settings.emplace_back("retention.ms",
                          topic.retention_seconds < 0 ? std::string("-1") : milliseconds(topic.retention_seconds));
  }
  return settings;
}

std::string topic_document(const Topic& topic) {
  Value settings = Value::object();
  for (const auto& [key, value] : topic_settings(topic)) settings.add(key, value);
  Value document = Value::object();
  document.add("name", topic.name);
  document.add("partitions", 1);
  document.add("configs", std::move(settings));
  return print_json(document);
}

}  // namespace pipec::backend::kafka_connect
