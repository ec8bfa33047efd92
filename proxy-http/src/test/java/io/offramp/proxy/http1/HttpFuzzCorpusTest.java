package io.offramp.proxy.http1;

import io.offramp.offload.tck.fuzz.FuzzCorpus;
import io.offramp.proxy.flow.ConnectionsFuzz;
import io.offramp.proxy.flow.FramesFuzz;
import io.offramp.proxy.http2.FieldBlocksFuzz;
import java.util.Map;

class HttpFuzzCorpusTest extends FuzzCorpus {
    HttpFuzzCorpusTest() {
        super(Map.of(
                "Connections",
                ConnectionsFuzz::fuzzerTestOneInput,
                "FieldBlocks",
                FieldBlocksFuzz::fuzzerTestOneInput,
                "Frames",
                FramesFuzz::fuzzerTestOneInput,
                "Messages",
                MessagesFuzz::fuzzerTestOneInput));
    }
}
