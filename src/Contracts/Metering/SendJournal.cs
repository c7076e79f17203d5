using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;

namespace Distribution.Contracts.Metering;

/// <summary>
/// Counts what a sender's sockets accepted, in a file mapped into memory: the kernel keeps the pages when the process is killed, so a
/// counter needs no system call and loses nothing to kill -9. After a power failure it may lose what was added since the last
/// <see cref="Snapshot"/>, never what a snapshot has shown. It lives here, beside the counters' contract, because the web seed and the
/// edges must count alike.
/// </summary>
/// <remarks>
/// One record a (hour, file, receiver, kind). <see cref="Snapshot"/> gives all of them, cumulative; <see cref="Acknowledge"/> lets those go
/// that are booked and whose hour is over. With a full disk new records live in memory only, until the process ends; a receiver's
/// count of that hour then starts again at 0 in the file, so that what was booked before is not added to until it is passed.
/// </remarks>
public sealed class SendJournal : IDisposable
{
    /// <summary>After its hour's end a record may still be added to for this long, by a sender that was held up.</summary>
    internal const int GraceSeconds = 600;

    private const int HourSeconds = 3600;

    private readonly SendJournalFile _file;
    private readonly SendsUnderWay? _underWay;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<SendKey, SendSlots> _slots = new();

    private SendJournal(SendJournalFile file, SendsUnderWay? underWay, TimeProvider clock)
    {
        _file = file;
        _underWay = underWay;
        _clock = clock;
    }

    /// <summary>Names this file among all that a source ever had, 16 hexadecimal digits.</summary>
    public string Epoch => _file.Epoch;

    /// <summary>Opens the file, or makes it. Only one process can have it open.</summary>
    /// <exception cref="IOException">In use, or no journal; a file of another kind is left as it is.</exception>
    /// <exception cref="UnauthorizedAccessException">Not ours to open.</exception>
    public static SendJournal Open(string path, TimeProvider clock)
    {
        SendJournalFile file = SendJournalFile.Open(path, RandomNumberGenerator.GetHexString(16, lowercase: true));
        SendsUnderWay? underWay = null;
        try
        {
            underWay = SendsUnderWay.Open(path + ".now", file.Epoch);
            var journal = new SendJournal(file, underWay, clock);
            Dictionary<int, (long Before, long Bytes)> left = underWay?.Settle() ?? [];
            foreach ((SendKey key, SendSlot slot) in file.ReadAll())
            {
                // Otherwise it was counted, and the process was killed before it could say so.
                if (left.TryGetValue(slot.Record, out (long Before, long Bytes) send) && slot.Read() == send.Before)
                    slot.Add(send.Bytes);
                journal._slots.GetOrAdd(key, static _ => new SendSlots()).Take(slot);
            }
            return journal;
        }
        catch
        {
            underWay?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>A meter for one receiver of one file; keep it for as long as you send there.</summary>
    public SendMeter Meter(InfoHash infoHash, IPAddress receiver, SendKind kind)
    {
        if (receiver.IsIPv4MappedToIPv6)
            receiver = receiver.MapToIPv4();
        else if (receiver.AddressFamily == AddressFamily.InterNetworkV6 && receiver.ScopeId != 0)
            receiver = new IPAddress(receiver.GetAddressBytes());
        return new JournalMeter(this, infoHash, receiver, kind);
    }

    /// <summary>Where one thread writes down what it is sending; null: there is no room for it.</summary>
    public SendUnderWay? UnderWay() => _underWay?.TryGive();

    /// <summary>All counters, cumulative. What it shows has reached the disk, but for records that a full disk keeps in memory.</summary>
    /// <exception cref="IOException">The disk would not take it.</exception>
    public IReadOnlyList<SendCounter> Snapshot()
    {
        var counters = new List<SendCounter>(_slots.Count);
        foreach ((SendKey key, SendSlots slots) in _slots)
        {
            long bytes = slots.Read();
            if (bytes > 0)
                counters.Add(
                    new SendCounter(key.InfoHash.ToString(), key.Receiver.ToString(), key.Kind, key.HourStart, bytes)
                );
        }
        _file.Flush();
        return counters;
    }

    /// <summary>Tells that <paramref name="booked"/> is in the ledger: records of past hours that have not grown since are let go.</summary>
    public void Acknowledge(IReadOnlyList<SendCounter> booked)
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (SendCounter counter in booked)
        {
            if (counter.HourStart + HourSeconds + GraceSeconds > now)
                continue;
            var key = new SendKey(
                InfoHash.Parse(counter.InfoHash),
                IPAddress.Parse(counter.Address),
                counter.Kind,
                counter.HourStart
            );
            if (_slots.TryGetValue(key, out SendSlots? slots) && slots.Read() == counter.BytesSent)
            {
                _slots.TryRemove(key, out _);
                slots.Release(_file.Release);
            }
        }
    }

    /// <summary>Closes the file, so that another may open it. What a meter still adds to its record is not lost even then.</summary>
    public void Dispose()
    {
        _underWay?.Dispose();
        _file.Dispose();
    }

    private SendSlot Slot(SendKey key, int writer) =>
        _slots.GetOrAdd(key, static _ => new SendSlots()).Of(writer, () => _file.Allocate(key));

    private sealed class JournalMeter(SendJournal journal, InfoHash infoHash, IPAddress receiver, SendKind kind)
        : SendMeter
    {
        private const int Anybody = 0;

        private Hour? _hour;

        public override void Add(long bytes)
        {
            if (bytes > 0)
                Current(Anybody).Slot.Add(bytes);
        }

        public override void Begin(SendUnderWay send) => send.Begin(Current(send.Writer).Slot);

        private Hour Current(int writer)
        {
            long now = journal._clock.GetUtcNow().ToUnixTimeSeconds();
            Hour? hour = _hour;
            if (hour is null || now >= hour.End || hour.Writer != writer)
            {
                long start = now - now % HourSeconds;
                var key = new SendKey(infoHash, receiver, kind, start);
                _hour = hour = new Hour(start + HourSeconds, writer, journal.Slot(key, writer));
            }
            return hour;
        }

        private sealed record Hour(long End, int Writer, SendSlot Slot);
    }
}
