# `cmake --install BUILD --prefix /usr/local`: the programs, the systemd units and their example settings. The units
# name /usr/local/bin.
install(TARGETS interneg interneg-server interneg-worker interneg-engine RUNTIME DESTINATION bin)
if(TARGET interneg-onnx-export)
  install(TARGETS interneg-onnx-export RUNTIME DESTINATION bin)
endif()
install(FILES deploy/systemd/interneg-server.service deploy/systemd/interneg-worker.service
  DESTINATION lib/systemd/system)
install(FILES deploy/systemd/server.env.example deploy/systemd/worker.env.example DESTINATION share/interneg)
