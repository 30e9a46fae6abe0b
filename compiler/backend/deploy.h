// deploy.json: what a deployment does, over all platforms, in order. Statements come from the Steps that everybody
// lowered; what is no statement (a connector to be put, definitions to be loaded) is said by the backends.
#pragma once

#include <string>
#include <vector>

#include "backend/backend.h"

namespace pipec::backend {

/// docs/schemas/deploy.schema.json. `steps`: of everybody, by owner.
std::string deploy_document(const pipeline::Pipeline& pipeline,
                            const std::map<Symbol, pipeline::StepList, ByText>& steps,
                            const std::vector<DeployStep>& others);

}  // namespace pipec::backend
