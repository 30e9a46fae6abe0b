// Connectors and topics as resources of Strimzi's operators on Kubernetes.
#pragma once

#include <string>
#include <string_view>

#include "kafka_connect/keys.h"
#include "kafka_connect/topics.h"

namespace pipec::backend::kafka_connect {

/// What the resources say of the cluster that they are for: options of the backend.
struct Cluster {
  std::string api;      // "v1beta2"
  std::string connect;  // name of the KafkaConnect
  std::string kafka;    // name of the Kafka
};

/// A name that Kubernetes takes. Different names stay different: one that had to be changed ends with a hash.
std::string resource_name(std::string_view name);

std::string connector_resource(const Config& config, const Cluster& cluster);
std::string topic_resource(const Topic& topic, const Cluster& cluster);

}  // namespace pipec::backend::kafka_connect
