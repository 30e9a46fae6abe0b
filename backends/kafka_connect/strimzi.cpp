#include "kafka_connect/strimzi.h"

#include <fmt/format.h>

#include <algorithm>

#include "artifact/document.h"
#include "base/hash.h"

namespace pipec::backend::kafka_connect {
namespace {

/// Kubernetes takes 253 bytes; the name is a label's value at times, which takes 63.
constexpr size_t kMost = 63, kHash = 8;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

Value resource(std::string_view kind, const std::string& name, const std::string& of, const Cluster& cluster,
               Value spec) {
  Value labels = Value::object();
  labels.add("strimzi.io/cluster", of);
  Value metadata = Value::object();
  metadata.add("name", name);
  metadata.add("labels", std::move(labels));
  Value document = Value::object();
  document.add("apiVersion", fmt::format("kafka.strimzi.io/{}", cluster.api));
  document.add("kind", std::string(kind));
  document.add("metadata", std::move(metadata));
  document.add("spec", std::move(spec));
  return document;
}

std::string text_of(const Config& config, std::string_view key) {
  auto found = std::find_if(config.begin(), config.end(), [&](const auto& entry) { return entry.first == key; });
  return found == config.end() ? std::string() : found->second;
}

}  // namespace

std::string resource_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    bool kept = is_alphanumeric(lower) || lower == '-' || (lower == '.' && !out.empty() && is_alphanumeric(out.back()));
    if (kept || !out.empty()) out += kept ? lower : '-';
  }
  while (!out.empty() && !is_alphanumeric(out.front())) out.erase(0, 1);
  while (!out.empty() && !is_alphanumeric(out.back())) out.pop_back();
  if (out == name && out.size() <= kMost) return out;
  out = out.substr(0, kMost - kHash - 1);
  while (!out.empty() && !is_alphanumeric(out.back())) out.pop_back();
  std::string hash = fingerprint(name).hex().substr(0, kHash);
  return out.empty() ? fmt::format("t{}", hash) : fmt::format("{}-{}", out, hash);
}

std::string connector_resource(const Config& config, const Cluster& cluster) {
  // The operator sets these three itself, from the resource, and refuses them in the configuration.
  Value settings = Value::object();
  for (const auto& [key, value] : config) {
    if (key != "name" && key != "connector.class" && key != "tasks.max") settings.add(key, value);
  }
  Value restart = Value::object();
  restart.add("enabled", true);
  Value spec = Value::object();
  spec.add("class", text_of(config, "connector.class"));
  spec.add("tasksMax", 1);
  spec.add("autoRestart", std::move(restart));
  spec.add("config", std::move(settings));
  std::string name = text_of(config, "name");
  return print_yaml(resource("KafkaConnector", resource_name(name), cluster.connect, cluster, std::move(spec)));
}

std::string topic_resource(const Topic& topic, const Cluster& cluster) {
  Value settings = Value::object();
  for (const auto& [key, value] : topic_settings(topic)) settings.add(key, value);
  Value spec = Value::object();
  spec.add("topicName", topic.name);
  spec.add("partitions", 1);
  spec.add("config", std::move(settings));
  return print_yaml(resource("KafkaTopic", resource_name(topic.name), cluster.kafka, cluster, std::move(spec)));
}

}  // namespace pipec::backend::kafka_connect
