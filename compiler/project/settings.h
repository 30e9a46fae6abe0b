// pipec.yaml as the engine needs it: one target chosen, variables put in, facts for the declarations.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/vfs.h"
#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"
#include "project/config.h"
#include "semantic/world.h"

namespace pipec::project {

struct ProjectSettings {
  bool readable = false;
  std::string text;  // of pipec.yaml
  std::string name;
  pipeline::Target target;
  std::vector<pipeline::Connection> connections;  // sorted by name
  std::vector<std::string> connection_names;      // owns what `facts` points into
  semantic::ProjectFacts facts;
  std::vector<std::string> deny;
};

/// Reports what is wrong in pipec.yaml, a target that does not exist, variables without a value, backends and options
/// that do not exist.
ProjectSettings load_settings(const Vfs& vfs, const std::string& target,
                              const std::map<std::string, std::string>& variables, Sink& sink);

}  // namespace pipec::project
