using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Contracts.Tests.Metering;

/// <summary>A folder with one journal and a clock, gone at the end of the test.</summary>
internal sealed class JournalFolder : IDisposable
{
    public static readonly DateTimeOffset Start = new(2025, 6, 1, 10, 30, 0, TimeSpan.Zero);

    public static readonly InfoHash File1 = InfoHash.OfInfoDictionary("1"u8);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journal-");

    public FakeTimeProvider Clock { get; } = new(Start);

    public string Folder => _folder.FullName;

    public string Path => System.IO.Path.Combine(_folder.FullName, "sends.journal");

    public SendJournal Open() => SendJournal.Open(Path, Clock);

    public void Dispose() => _folder.Delete(recursive: true);

    public static IPAddress Receiver(int number) => new((long)(uint)number + 1);

    /// <summary>"address kind hour bytes" of each counter, sorted.</summary>
    public static string[] Show(IEnumerable<SendCounter> counters) =>
        [
            .. counters
                .Select(counter =>
                    $"{counter.Address} {counter.Kind} {DateTimeOffset.FromUnixTimeSeconds(counter.HourStart):HH} {counter.BytesSent}"
                )
                .Order(StringComparer.Ordinal),
        ];

    public static long Sum(IEnumerable<SendCounter> counters) => counters.Sum(counter => counter.BytesSent);
}
