using System.Diagnostics;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;

namespace Distribution.Contracts.Tests.Metering;

/// <summary>
/// A process of its own that counts into a journal, a thousand bytes an add, each to another receiver, and prints the sum after every add.
/// </summary>
internal static class CountingChild
{
    public const string Command = "count-sends";
    public const int BytesPerAdd = 1000;
    public const int Refused = 3;

    /// <param name="adds">Then it prints "snapshot RECORDS SUM" and ends; 0: it goes on until it is killed.</param>
    public static Process Start(string journal, int adds) =>
        Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [Command, journal, $"{adds}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    public static int Run(string path, int adds)
    {
        SendJournal journal;
        try
        {
            journal = SendJournal.Open(path, TimeProvider.System);
        }
        catch (IOException refused)
        {
            Console.Error.WriteLine(refused.Message);
            return Refused;
        }
        using Stream output = Console.OpenStandardOutput();
        InfoHash infoHash = InfoHash.OfInfoDictionary("child"u8);
        long sum = 0;
        for (int i = 0; adds == 0 || i < adds; i++)
        {
            var receiver = new IPAddress((long)(uint)i);
            journal.Meter(infoHash, receiver, SendKind.WebSeed).Add(BytesPerAdd);
            sum += BytesPerAdd;
            // One write a line, past any buffer: what stands in the pipe was counted before.
            output.Write(Encoding.ASCII.GetBytes($"{sum}\n"));
        }
        IReadOnlyList<SendCounter> snapshot = journal.Snapshot();
        output.Write(
            Encoding.ASCII.GetBytes($"snapshot {snapshot.Count} {snapshot.Sum(counter => counter.BytesSent)}\n")
        );
        journal.Dispose();
        return 0;
    }
}
