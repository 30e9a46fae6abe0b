// What a deployment does with the files of this folder, in order.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::kafka_connect {

/// The source's SQL by its owner, then the source's connector, then the sinks; taken back the other way round.
std::vector<DeployStep> deploy_steps(const pipeline::Pipeline& pipeline, const ArtifactFiles& emitted);

}  // namespace pipec::backend::kafka_connect
