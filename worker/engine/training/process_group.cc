#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "worker/engine/training/own_address.h"
#include "worker/engine/training/process_group_torch.h"

namespace interneg::training {
namespace {

c10::intrusive_ptr<c10d::Store> Meet(const GroupPlace& place) {
  c10d::TCPStoreOptions options;
  options.port = place.port;
  options.isServer = place.rank == 0;
  options.numWorkers = static_cast<std::size_t>(place.ranks);
  options.timeout = place.patience;
  return c10::make_intrusive<c10d::TCPStore>(place.host, options);
}

// c10d's own texts run over many lines and name its source files.
std::string FirstLine(const char* text) {
  const std::string whole(text);
  return whole.substr(0, whole.find('\n'));
}

}  // namespace

struct ProcessGroup::Transport {
#if defined(USE_C10D_GLOO)
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#endif
#if defined(USE_C10D_NCCL)
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif

  Transport(const GroupPlace& place, const model::Device& device) {
    const bool cuda = device.kind == model::DeviceKind::kCuda;
    const auto store = Meet(place);
    if (cuda) {
#if defined(USE_C10D_NCCL)
      const auto options = c10d::ProcessGroupNCCL::Options::create();
      options->timeout = place.patience;
      nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.ranks, options);
      return;
#else
      throw std::invalid_argument("this LibTorch was built without NCCL: CUDA devices cannot train as a group");
#endif
    }
#if defined(USE_C10D_GLOO)
    const auto options = c10d::ProcessGroupGloo::Options::create(place.patience);
    // c10d's own guess is what this machine's name resolves to, which need not be an address that others reach.
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(OwnAddressTowards(place)));
    gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.ranks, options);
#else
    throw std::invalid_argument("this LibTorch was built without Gloo: processes cannot train as a group");
#endif
  }

  template <typename Call>
  void Wait(const Call& call) {
#if defined(USE_C10D_NCCL)
    if (nccl) {
      call(*nccl)->wait();
      return;
    }
#endif
#if defined(USE_C10D_GLOO)
    call(*gloo)->wait();
#endif
  }
};

ProcessGroup::ProcessGroup(const GroupPlace& place, const model::Device& device) : place_(place) {
  CheckPlace(place);
  try {
    transport_ = std::make_unique<Transport>(place, device);
  } catch (const std::invalid_argument&) {
    throw;
  } catch (const ProcessLost&) {
    throw;
  } catch (const std::exception& error) {
    throw ProcessLost("the group of " + std::to_string(place.ranks) + " processes did not meet at " + place.host + ":" +
                      std::to_string(place.port) + " (" + FirstLine(error.what()) + ")");
  }
}

ProcessGroup::~ProcessGroup() = default;

void ProcessGroup::Sum(at::Tensor& values) try {
  std::vector<at::Tensor> all = {values};
  transport_->Wait([&](auto& group) { return group.allreduce(all); });
} catch (const std::exception& error) {
  throw ProcessLost("a process of the group was lost (" + FirstLine(error.what()) + ")");
}

void ProcessGroup::TakeLeaders(at::Tensor& values) try {
  std::vector<at::Tensor> all = {values};
  transport_->Wait([&](auto& group) { return group.broadcast(all); });
} catch (const std::exception& error) {
  throw ProcessLost("a process of the group was lost (" + FirstLine(error.what()) + ")");
}

}  // namespace interneg::training
