using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.CdnLogs;

/// <summary>Reads what comes into a folder of access logs, as it comes. Files stay as they are: whoever put them there removes them.</summary>
internal sealed partial class LogWatcher(
    ILogFolder folder,
    LogImporter importer,
    TimeProvider clock,
    ILogger<LogWatcher> logger
) : BackgroundService
{
    private Dictionary<string, string> _read = [];
    private readonly HashSet<string> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(folder.Interval, clock);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) { }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        // What has gone is forgotten.
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            await foreach ((string name, string version) in folder.ListAsync(stop))
            {
                if (_read.GetValueOrDefault(name) == version || await ReadAsync(name, stop))
                    read[name] = version;
            }
        }
        catch (IOException fault)
        {
            Tell("", fault.Message);
            return;
        }
        _read = read;
    }

    /// <summary>False: it is to be read again.</summary>
    private async Task<bool> ReadAsync(string name, CancellationToken stop)
    {
        try
        {
            LogImport done = await importer.ImportAsync(name, await folder.OpenAsync(name, stop), stop);
            if (done.Lines > 0)
                LogRead(name, done.Lines, done.Counted, done.Malformed, done.CdnBytes);
            if (done.Problem is not null)
                Tell(name, done.Problem);
            // What is wrong with the file itself is as wrong the next time, until the file changes.
            return true;
        }
#pragma warning disable CA1031 // whatever ails one log, the others are read on, and it is tried again
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Tell(name, fault.Message);
            return false;
        }
    }

    /// <summary>Once each, not at each look.</summary>
    private void Tell(string name, string problem)
    {
        if (_told.Count > 10_000)
            _told.Clear();
        if (_told.Add($"{name}\n{problem}"))
            LogProblem(name, problem);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Access log {Name}: {Lines} new lines, of which {Counted} are of our files, {Bytes} bytes; {Malformed} cannot be read"
    )]
    private partial void LogRead(string name, long lines, long counted, long malformed, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access log {Name}: {Problem}")]
    private partial void LogProblem(string name, string problem);
}
