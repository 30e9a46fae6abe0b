#include "kafka_connect/confluent_sink.h"

#include <fmt/format.h>

#include "kafka_connect/diagnostics.h"
#include "kafka_connect/settings.h"

namespace pipec::backend::kafka_connect {

namespace {

/// How long a record waits for a file at the most, and how many a file has.
constexpr std::string_view kRotate = "60000", kFlush = "50000";

void set_s3(Settings& settings, const Capture& capture) {
  settings.set("s3.bucket.name", capture.landing->bucket)
      .set("topics.dir", capture.landing->path)
      .field("s3.region", capture.storage, "region")
      .field("aws.access.key.id", capture.storage, "user")
      .field("aws.secret.access.key", capture.storage, "password")
      .set({{"behavior.on.null.values", "ignore"}});
}

void set_adls(Settings& settings, const Capture& capture) {
  settings.set("azure.datalake.gen2.account.name", capture.landing->account)
      .set("topics.dir", capture.landing->bucket)
      .field("azure.datalake.gen2.client.id", capture.storage, "user")
      .field("azure.datalake.gen2.client.key", capture.storage, "password")
      .field("azure.datalake.gen2.token.endpoint", capture.storage, "token_endpoint");
}

}  // namespace

Plugin managed_sink_plugin(const Capture& capture) {
  return capture.landing->kind == Landing::Kind::S3 ? Plugin::ConfluentS3Sink : Plugin::ConfluentAdlsSink;
}

Config managed_sink(const Capture& capture, const CapturedTable& table) {
  const bool s3 = capture.landing->kind == Landing::Kind::S3;
  Settings settings;
  settings.set("name", table.topic)
      .set({{"connector.class", s3 ? "S3_SINK" : "AzureDataLakeGen2Sink"}, {"kafka.auth.mode", "KAFKA_API_KEY"}})
      .field("kafka.api.key", capture.kafka, "user")
      .field("kafka.api.secret", capture.kafka, "password")
      .set("topics", table.topic);
  s3 ? set_s3(settings, capture) : set_adls(settings, capture);
  // Bytes through and through: a line is the record as it lies in Kafka. Nothing can fail to be converted.
  settings.set({{"input.data.format", "BYTES"},
                {"output.data.format", "BYTES"},
                {"errors.tolerance", "none"},
                {"consumer.override.isolation.level", "read_committed"},
                {"time.interval", "DAILY"},
                {"path.format", "'date'=YYYY-MM-dd"},
                {"timezone", "UTC"},
                {"flush.size", kFlush},
                // A record that is landed twice for that is known to the log, which takes each event once.
                {"rotate.schedule.interval.ms", kRotate},
                {"tasks.max", "1"}});
  return settings.take();
}

void check_storage(const Capture& capture, Sink& sink) {
  const bool s3 = capture.landing->kind == Landing::Kind::S3;
  auto need = [&](std::string_view field, std::string_view what) {
    if (field_of(capture.storage, field).state != Field::State::Missing) return;
    sink.report(diag::Managed, Place::in(capture.source->head.declaration, {}),
                fmt::format("the sinks need {}, `{}` of connection `{}`", what, field, capture.storage_name))
        .help(fmt::format(
            "write `{}: {{ user: {{ kafka_connect: \"env:...\" }}, password: {{ kafka_connect: \"env:...\" "
            "}}{} }}` under `connections:` in pipec.yaml, or name another connection by the option `storage`",
            capture.storage_name,
            s3 ? "" : ", token_endpoint: \"https://login.microsoftonline.com/<tenant>/oauth2/token\""));
  };
  need("user", s3 ? "the id of an access key" : "the id of a client");
  need("password", s3 ? "the secret of an access key" : "the key of a client");
  if (!s3) need("token_endpoint", "where tokens are given out");
}

}  // namespace pipec::backend::kafka_connect
