using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;

namespace Distribution.Contracts.Tests.Metering;

public sealed class SendJournalThreadsTests : IDisposable
{
    private const int Threads = 6;

    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Adds_of_many_threads_to_one_meter_sum_up()
    {
        using SendJournal journal = _folder.Open();
        SendMeter meter = journal.Meter(JournalFolder.File1, JournalFolder.Receiver(0), SendKind.Edge);
        OnThreads(_ =>
        {
            for (int i = 0; i < 200_000; i++)
                meter.Add(3);
        });
        Assert.Equal(3L * 200_000 * Threads, Assert.Single(journal.Snapshot()).BytesSent);
    }

    /// <summary>
    /// Threads count, while another takes snapshots into a ledger that keeps the last counter of each key, and acknowledges them. Hours
    /// pass between the rounds only, as no sender is held up for longer than the grace.
    /// </summary>
    [Fact]
    public void A_ledger_that_takes_snapshots_meanwhile_gets_every_byte_once()
    {
        const int rounds = 8;
        const int addsPerThread = 20_000;
        var ledger = new Dictionary<(string, SendKind, long), long>();
        using (SendJournal journal = _folder.Open())
        {
            SendMeter[] meters =
            [
                .. Enumerable
                    .Range(0, 200)
                    .Select(i => journal.Meter(JournalFolder.File1, JournalFolder.Receiver(i), SendKind.WebSeed)),
            ];
            for (int round = 0; round < rounds; round++)
            {
                using var done = new CancellationTokenSource();
                var booking = new Thread(() =>
                {
                    while (!done.IsCancellationRequested)
                        Book(journal, ledger);
                });
                booking.Start();
                OnThreads(thread =>
                {
                    var random = new Random(thread);
                    for (int i = 0; i < addsPerThread; i++)
                        meters[random.Next(meters.Length)].Add(7);
                });
                done.Cancel();
                booking.Join();
                _folder.Clock.Advance(TimeSpan.FromMinutes(70));
            }
        }
        using SendJournal reopened = _folder.Open();
        Book(reopened, ledger);
        Assert.Equal(7L * rounds * addsPerThread * Threads, ledger.Values.Sum());
        Assert.Empty(reopened.Snapshot());
    }

    [Fact]
    public void New_records_of_many_threads_do_not_collide()
    {
        var journal = _folder.Open();
        OnThreads(thread =>
        {
            // Half of the receivers are everybody's, half the thread's own.
            for (int i = 0; i < 4000; i++)
                journal.Meter(JournalFolder.File1, JournalFolder.Receiver(i), SendKind.Edge).Add(1);
            for (int i = 0; i < 4000; i++)
                journal
                    .Meter(JournalFolder.File1, JournalFolder.Receiver(10_000 * (thread + 1) + i), SendKind.Edge)
                    .Add(1);
        });
        journal.Dispose();
        using SendJournal reopened = _folder.Open();
        IReadOnlyList<SendCounter> snapshot = reopened.Snapshot();
        Assert.Equal(4000 * (Threads + 1), snapshot.Count);
        Assert.Equal(8000 * Threads, JournalFolder.Sum(snapshot));
    }

    [Fact]
    public void Closing_under_senders_harms_nobody()
    {
        var journal = _folder.Open();
        using var closed = new ManualResetEventSlim();
        using var running = new CountdownEvent(Threads);
        long beforeClosing = 0;
        OnThreads(
            thread =>
            {
                SendMeter meter = journal.Meter(JournalFolder.File1, JournalFolder.Receiver(thread), SendKind.Edge);
                meter.Add(1);
                Interlocked.Increment(ref beforeClosing);
                running.Signal();
                do meter.Add(1);
                while (!closed.IsSet);
                for (int i = 0; i < 10_000; i++)
                    meter.Add(1);
                journal.Meter(JournalFolder.File1, JournalFolder.Receiver(1000 + thread), SendKind.Edge).Add(1);
            },
            meanwhile: () =>
            {
                running.Wait(TestContext.Current.CancellationToken);
                journal.Dispose();
                GC.Collect();
                closed.Set();
            }
        );
        journal.Snapshot();
        using SendJournal reopened = _folder.Open();
        Assert.InRange(JournalFolder.Sum(reopened.Snapshot()), Threads + 10_000L * Threads, long.MaxValue);
        Assert.Equal(Threads, reopened.Snapshot().Count);
    }

    [Fact]
    public void The_file_is_unmapped_once_nobody_holds_it()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Reads /proc/self/maps.");
        CountAndClose();
        for (int i = 0; i < 10 && IsMapped(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(IsMapped());

        [MethodImpl(MethodImplOptions.NoInlining)]
        void CountAndClose()
        {
            using SendJournal journal = _folder.Open();
            journal.Meter(JournalFolder.File1, JournalFolder.Receiver(1), SendKind.Edge).Add(1);
            Assert.True(IsMapped());
        }

        bool IsMapped() => File.ReadAllText("/proc/self/maps").Contains(_folder.Path, StringComparison.Ordinal);
    }

    private static void Book(SendJournal journal, Dictionary<(string, SendKind, long), long> ledger)
    {
        IReadOnlyList<SendCounter> counters = journal.Snapshot();
        foreach (SendCounter counter in counters)
            ledger[(counter.Address, counter.Kind, counter.HourStart)] = counter.BytesSent;
        journal.Acknowledge(counters);
    }

    private static void OnThreads(Action<int> work, Action? meanwhile = null)
    {
        var failures = new ConcurrentQueue<Exception>();
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(i => new Thread(() =>
                {
                    try
                    {
                        work(i);
                    }
                    catch (Exception failure)
                    {
                        failures.Enqueue(failure);
                    }
                })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        meanwhile?.Invoke();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Empty(failures);
    }
}
