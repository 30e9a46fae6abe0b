#include <algorithm>
#include <thread>

#include "commands.h"
#include "project/allowances.h"
#include "terminal.h"

namespace pipec::cli {

ProjectOptions::ProjectOptions(CLI::App& command, driver::ProjectRequest& request) : request_(request) {
  command.add_option("PROJECT", request.project, "Folder with pipec.yaml")->capture_default_str();
  command.add_option("--target", request.target, "Target of pipec.yaml; the first one if not given")->type_name("NAME");
  command.add_option("--var", variables_, "Value of ${var.NAME}; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--deny", request.deny,
                  "Warnings that are errors here: a code such as PIPE0602, or `warnings`; may be repeated")
      ->type_name("CODE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check([](const std::string& word) {
        return project::can_be_denied(word) ? std::string() : "`" + word + "` is not the code of a warning";
      });
  command.add_option("--jobs", request.jobs, "Threads; as many as the machine has if not given")
      ->type_name("N")
      ->check(CLI::Range(1u, 256u));
  request.jobs = std::max(1u, std::thread::hardware_concurrency());
}

void ProjectOptions::finish() {
  for (const std::string& variable : variables_) {
    size_t equals = variable.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw CLI::ValidationError("--var", "`" + variable + "` is not NAME=VALUE");
    }
    request_.variables[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  request_.color = wants_color();
}

}  // namespace pipec::cli
