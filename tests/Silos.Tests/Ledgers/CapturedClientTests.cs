using System.Globalization;
using Distribution.BitTorrent;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>
/// Announces of real clients, as they reached an HTTP tracker on loopback with an interval of five seconds: a file of 25 178 169 bytes, one
/// seed that the tracker named (or that dialled) only after about ten seconds. Each line: peer, event, left, uploaded, downloaded;
/// repeats of a line are left out, and played here.
/// </summary>
public sealed class CapturedClientTests
{
    private const long Size = 25_178_169;

    /// <summary>What the client told of, as far as its last announce goes.</summary>
    public static TheoryData<string, long, string> Captures =>
        new()
        {
            {
                "libtorrent 2.0.8, magnet, to the end",
                25_178_169,
                """
                    a started 16384 0 0
                    a - 16384 0 0
                    a - 19476537 0 5721725
                    a started 19476537 0 5721725
                    a - 12202041 0 12982595
                    a - 5582905 0 19645914
                    a completed 0 0 25178169
                    a stopped 0 0 25178169
                    """
            },
            {
                "libtorrent 2.0.8, started again with the whole file",
                0,
                """
                    a started 0 0 0
                    a stopped 0 0 0
                    """
            },
            {
                "libtorrent 2.0.8, .torrent, stopped half-way",
                8_925_241,
                """
                    a started 25178169 0 0
                    a - 20328505 0 4882904
                    a stopped 16252928 0 8925241
                    """
            },
            {
                "libtorrent 2.0.8, the other half after a restart: another peer id",
                16_252_928,
                """
                    a started 16252928 0 0
                    a - 10682368 0 5610593
                    a - 3342336 0 12935979
                    a completed 0 0 16252928
                    a stopped 0 0 16252928
                    """
            },
            {
                "libtorrent 2.0.8, magnet that never got metadata",
                0,
                """
                    a started 16384 0 0
                    a - 16384 0 0
                    a stopped 16384 0 0
                    """
            },
            {
                "Transmission 3.00, magnet, another peer id with the metadata, killed",
                356_409,
                """
                    a started 9223372036854775807 0 0
                    a - 9223372036854775807 0 0
                    b stopped 25178169 0 0
                    b started 25178169 0 0
                    b - 25178169 0 0
                    b - 24821760 0 340025
                    """
            },
            {
                "Transmission 3.00, the rest after a restart: another peer id",
                23_789_568,
                """
                    a started 23789568 0 0
                    a - 23789568 0 0
                    a - 23724032 0 65536
                    a - 18612224 0 5177344
                    a - 11386880 0 12386304
                    a - 4046848 0 19726336
                    a completed 0 0 23789568
                    a - 0 0 23789568
                    """
            },
            {
                "Transmission 3.00, started again with the whole file",
                0,
                """
                    a started 0 0 0
                    a - 0 0 0
                    """
            },
            {
                "aria2 1.36, magnet, killed before it announced again",
                0,
                """
                    a started 0 0 0
                    a - 0 0 0
                    a started 25178169 0 0
                    """
            },
            {
                "aria2 1.36, the same magnet again: it finds a part on its disk",
                20_754_489,
                """
                    a started 0 0 0
                    a started 20754489 0 0
                    a - 14594105 0 6160384
                    a - 5980160 0 14774329
                    a completed 0 0 20754489
                    a - 0 0 20754489
                    """
            },
            {
                "aria2 1.36, .torrent, to the end",
                25_178_169,
                """
                    a started 25178169 0 0
                    a - 19247161 0 5931008
                    a - 11202617 0 13975552
                    a - 3620864 0 21557305
                    a completed 0 0 25178169
                    a - 0 0 25178169
                    """
            },
            {
                "aria2 1.36, magnet that never got metadata",
                0,
                """
                    a started 0 0 0
                    a - 0 0 0
                    """
            },
        };

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Is_credited_what_it_got(string client, long expectedBytes, string announces)
    {
        Assert.NotEmpty(client);
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("film", Size);
        foreach (string line in announces.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] parts = line.Split(' ');
            AnnounceEvent announceEvent =
                parts[1] == "-" ? AnnounceEvent.None : Enum.Parse<AnnounceEvent>(parts[1], ignoreCase: true);
            long left = long.Parse(parts[2], CultureInfo.InvariantCulture);
            // Each came at least twice: over several trackers, or as regular announces that said the same.
            for (int time = 0; time < 2; time++)
                await ledger.AnnounceAsync(file, parts[0], "203.0.113.5", announceEvent, left, 0, parts[4] == "0");
            await ledger.RestartAsync();
        }

        ReportBytes bytes = await ledger.BytesAsync();

        Assert.Equal(new ByteRange(0, expectedBytes), bytes.Delivered);
    }
}
