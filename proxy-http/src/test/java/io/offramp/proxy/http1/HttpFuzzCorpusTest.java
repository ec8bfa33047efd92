package io.offramp.proxy.http1;

import io.offramp.offload.tck.fuzz.FuzzCorpus;
import io.offramp.proxy.flow.ConnectionsFuzz;
import java.util.Map;

class HttpFuzzCorpusTest extends FuzzCorpus {
    HttpFuzzCorpusTest() {
        super(Map.of("Connections", ConnectionsFuzz::fuzzerTestOneInput, "Messages", MessagesFuzz::fuzzerTestOneInput));
    }
}
