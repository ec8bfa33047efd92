package io.offramp.proxy.upstream.resolve;

import io.netty.util.concurrent.Future;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServiceName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks one service up again and again. The last good answer stays. An answer may be a part of all servers, another one
 * each time: a server that is missing once has not gone. Thread-safe.
 */
final class ServiceWatch implements RepeatedLookup.Question<Names.Service> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);
    /** So that two answers are equal if nothing but their order differs. */
    private static final Comparator<ServiceTarget> ORDER = Comparator.comparingInt(ServiceTarget::priority)
            .thenComparing(each -> each.address().toString())
            .thenComparingInt(ServiceTarget::weight);

    /** Answers in a row without a server, after which it is gone. */
    private static final int ANSWERS = 3;

    private final Names names;
    private final ServiceName service;
    private final Runnable onChange;
    private final RepeatedLookup<Names.Service> lookup;
    private final CountDownLatch first = new CountDownLatch(1);
    /** Number of answers since, in a row, for each server that an earlier one had; for the event loop. */
    private final Map<ServiceTarget, Integer> missed = new HashMap<>();

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

    /** Those that are known; none before the first. */
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
        List<ServiceTarget> now = known(found.targets());
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

    private List<ServiceTarget> known(List<ServiceTarget> answer) {
        targets.forEach(each -> missed.merge(each, 1, Integer::sum));
        Set<HostPort> found = answer.stream().map(ServiceTarget::address).collect(Collectors.toSet());
        missed.entrySet().removeIf(each -> found.contains(each.getKey().address()) || each.getValue() >= ANSWERS);
        return Stream.concat(answer.stream(), missed.keySet().stream())
                .distinct()
                .sorted(ORDER)
                .toList();
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
