// Where changes land, by the URI of the target: a folder, which workers of one's own write to, or the storage of a cloud, which
// Confluent's managed sinks write to.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pipec::backend::kafka_connect {

struct Landing {
  enum class Kind { Folder, S3, Adls };
  Kind kind = Kind::Folder;
  std::string folder;  // Folder: its path, without a slash at its end
  std::string bucket;  // S3; Adls: the container
  std::string account;
  std::string path;  // in the bucket, without slashes at its ends; Adls: always empty
};

/// `file:/folder`, `s3://bucket/path`, `abfss://container@account.dfs.core.windows.net`; nullopt for every other URI.
std::optional<Landing> landing_of(std::string_view uri);

}  // namespace pipec::backend::kafka_connect
