package io.offramp.proxy.http;

import io.offramp.offload.tck.fuzz.FuzzCorpus;
import io.offramp.proxy.flow.ConnectionsFuzz;
import io.offramp.proxy.http.codec.MessagesFuzz;
import java.util.Map;

class HttpFuzzCorpusTest extends FuzzCorpus {
    HttpFuzzCorpusTest() {
        super(Map.of("Connections", ConnectionsFuzz::fuzzerTestOneInput, "Messages", MessagesFuzz::fuzzerTestOneInput));
    }
}
