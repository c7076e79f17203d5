namespace Distribution.Benchmarks.Ledger;

/// <summary>What the ledger costs: `chain`, `report`, `verify` or `announce`, and what each takes.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        string[] rest = [.. arguments.Skip(1)];
        switch (arguments.FirstOrDefault())
        {
            case "chain":
                return await ChainRun.RunAsync(rest);
            case "report":
                return await ReportRun.RunAsync(rest);
            case "verify":
                return await VerifyRun.RunAsync(rest);
            case "announce":
                return await AnnounceRun.RunAsync();
            default:
                await Console.Error.WriteLineAsync(
                    """
                    chain FILES HOURS VIEWERS [CONNECTION]   book, close, export and verify
                    report FILES DAYS VIEWERS [CONNECTION]   a report over all of it, and of a file
                    verify ENTRIES EDITS                     an export of so many entries, whole and with random edits
                    announce                                 what an announce costs the ledger, with news and without
                    """
                );
                return 2;
        }
    }
}
