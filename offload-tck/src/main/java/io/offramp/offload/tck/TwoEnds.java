package io.offramp.offload.tck;

import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.TrafficKeys;
import java.util.List;
import java.util.stream.Stream;

/**
 * Both ends of one TLS connection on the backend under test, with a key for each direction. Nothing travels by itself:
 * see {@link #carry()}.
 */
record TwoEnds(
        SessionFixtures near,
        SessionFixtures far,
        SessionFixtures.Tx nearTx,
        SessionFixtures.Rx farRx,
        SessionFixtures.Tx farTx,
        SessionFixtures.Rx nearRx) {

    static TwoEnds install(Protection protection, SessionFixtures near, SessionFixtures far) {
        TrafficKeys there = near.keys(protection, 0);
        TrafficKeys back = near.keys(protection, 0);
        TrafficKeys thereOpened = there.copyAt(0);
        TrafficKeys backOpened = back.copyAt(0);
        return new TwoEnds(
                near,
                far,
                near.tx(there, SessionFixtures.START_POSITION),
                far.rx(thereOpened, SessionFixtures.START_POSITION),
                far.tx(back, SessionFixtures.START_POSITION),
                near.rx(backOpened, SessionFixtures.START_POSITION));
    }

    /** Carries the newly sealed records of each end to the other, in one read. */
    void carry() {
        near.settle();
        far.settle();
        far.receive(farRx, nearTx.sink().take());
        near.receive(nearRx, farTx.sink().take());
    }

    /** Of all four. */
    List<OffloadException> faults() {
        return Stream.of(
                        nearTx.sink().faults(),
                        farRx.sink().faults(),
                        farTx.sink().faults(),
                        nearRx.sink().faults())
                .flatMap(List::stream)
                .toList();
    }
}
