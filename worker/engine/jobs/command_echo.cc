#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/document_file.h"
#include "worker/engine/jobs/job_document.h"

namespace interneg::jobs {
namespace {

void AddEcho(CLI::App& program, Action& chosen, const std::string& noun, const std::string& option,
             const std::function<std::string(const std::string& text, const std::string& document)>& canonical) {
  auto* group = program.add_subcommand(noun, "The " + noun + " document");
  group->require_subcommand(1);
  auto* command = group->add_subcommand("echo", "Print what was understood, in canonical form");
  const auto path = std::make_shared<std::string>();
  command->add_option(option, *path, "The document")->required()->type_name("FILE");
  command->callback([path, noun, canonical, &chosen] {
    chosen = [path, noun, canonical] {
      std::printf("%s\n", canonical(ReadDocumentFile(*path), noun + " document '" + *path + "'").c_str());
      return 0;
    };
  });
}

}  // namespace

void AddEchoCommands(CLI::App& program, Action& chosen) {
  AddEcho(program, chosen, "job", "--job",
          [](const std::string& text, const std::string& document) { return ToJson(ParseJobSpec(text, document)); });
  AddEcho(program, chosen, "assignment", "--assignment",
          [](const std::string& text, const std::string& document) { return ToJson(ParseAssignment(text, document)); });
}

}  // namespace interneg::jobs
