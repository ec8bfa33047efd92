package io.offramp.proxy.upstream.resolve;

import io.netty.util.concurrent.Future;
import io.offramp.proxy.net.ServiceName;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks one service up again and again. The last good answer stays. Thread-safe. */
final class ServiceWatch implements RepeatedLookup.Question<Names.Service> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);
    /** So that two answers are equal if nothing but their order differs. */
    private static final Comparator<ServiceTarget> ORDER = Comparator.comparingInt(ServiceTarget::priority)
            .thenComparing(each -> each.address().toString())
            .thenComparingInt(ServiceTarget::weight);

    private final Names names;
    private final ServiceName service;
    private final Runnable onChange;
    private final RepeatedLookup<Names.Service> lookup;
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile List<ServiceTarget> targets = List.of();

    /** @param onChange runs on the event loop when there are other servers */
    ServiceWatch(Names names, ServiceName service, Runnable onChange) {
        this.names = names;
        this.service = service;
        this.onChange = onChange;
        lookup = new RepeatedLookup<>(names.eventLoop(), this);
    }

    void start() {
        lookup.start();
    }

    void close() {
        lookup.close();
    }

    /** Those of the last answer; none before the first. */
    List<ServiceTarget> targets() {
        return targets;
    }

    /** Waits until there is an answer, or certainly none, but not for longer than this. */
    void await(long ns) throws InterruptedException {
        first.await(ns, TimeUnit.NANOSECONDS);
    }

    @Override
    public Future<Names.Service> ask() {
        return names.lookUpService(service.name());
    }

    @Override
    public void onAnswer(Names.Service found) {
        List<ServiceTarget> now =
                found.targets().stream().distinct().sorted(ORDER).toList();
        boolean changed = !now.equals(targets);
        targets = now;
        first.countDown();
        if (changed) {
            LOG.info(
                    "{} has the servers {} now",
                    service,
                    now.stream().map(ServiceTarget::address).toList());
            onChange.run();
        }
    }

    @Override
    public void onFailure(@Nullable Throwable cause, boolean isFirst) {
        first.countDown();
        if (isFirst) {
            LOG.warn(
                    "no servers of {}: {}; those that are known stay",
                    service,
                    cause == null ? "" : cause.getMessage());
        }
    }
}
