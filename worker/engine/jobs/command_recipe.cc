#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/near_names.h"
#include "worker/engine/jobs/recipe.h"
#include "worker/engine/jobs/recipe_texts.h"

namespace interneg::jobs {
namespace {

int List() {
  for (const auto& [name, recipe] : Recipes()) std::puts(fmt::format("{:<10}  {}", name, recipe.description).c_str());
  return 0;
}

int Show(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& text : RecipeTexts()) {
    if (text.name == name) return std::fputs(text.json, stdout) < 0;
    known.emplace_back(text.name);
  }
  throw BadInput("there is no recipe '" + name + "'", Suggestion(name, known));
}

}  // namespace

void AddRecipeCommand(CLI::App& program, Action& chosen) {
  auto* group = program.add_subcommand("recipe", "Named defaults of trainings");
  group->require_subcommand(1);
  group->add_subcommand("list", "Print every recipe")->callback([&chosen] { chosen = List; });
  auto* show = group->add_subcommand("show", "Print a recipe as its file has it");
  const auto name = std::make_shared<std::string>();
  show->add_option("name", *name, "The recipe")->required()->type_name("NAME");
  show->callback([name, &chosen] { chosen = [name] { return Show(*name); }; });
}

}  // namespace interneg::jobs
