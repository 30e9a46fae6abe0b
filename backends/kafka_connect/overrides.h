// Settings that the author gives a source's connector by their own names: `set 'max.batch.size' 4096`.
#pragma once

#include "diagnostics/diagnostic.h"
#include "kafka_connect/capture.h"
#include "kafka_connect/keys.h"

namespace pipec::backend::kafka_connect {

/// Puts them in the place of what pipec would set, or behind it.
void apply_settings(Config& config, const Capture& capture);
/// Keys that the connector has not, that pipec sets itself because others rely on it, and secrets written out.
void check_settings(const Config& generated, const Capture& capture, Plugin plugin, Sink& sink);

}  // namespace pipec::backend::kafka_connect
