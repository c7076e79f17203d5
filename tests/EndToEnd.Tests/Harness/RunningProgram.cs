using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A program that a test started: its output, line by line, and ways to end it. Disposing kills what still runs.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;

    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly Lock _gate = new();

    private RunningProgram(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (_gate)
                return _errors.ToString();
        }
    }

    public StreamWriter Input => _process.StandardInput;

    public static RunningProgram Start(
        string program,
        IEnumerable<string> arguments,
        string? workingFolder = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder ?? Path.GetTempPath(),
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        var running = new RunningProgram(process, Path.GetFileName(program));
        process.OutputDataReceived += (_, line) => running.Hear(line.Data, running._output);
        process.ErrorDataReceived += (_, line) => running.Hear(line.Data, running._errors);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>The first line, of either stream, that matches: already written or still to come.</summary>
    public Task<string> LineAsync(Func<string, bool> matches)
    {
        lock (_gate)
        {
            foreach (StringBuilder stream in new[] { _output, _errors })
            {
                string? line = stream.ToString().Split('\n').FirstOrDefault(text => text.Length > 0 && matches(text));
                if (line is not null)
                    return Task.FromResult(line);
            }
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task;
        }
    }

    /// <summary>The exit status, once the program has ended and its output is read to the end.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_name} still runs after {limit.TotalSeconds} s.\n{Transcript()}");
        }
        return _process.ExitCode;
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => SendSignal(_process.Id, SignalTerminate);

    /// <summary>SIGSTOP: it stands still, its connections open, until it is resumed.</summary>
    public void Pause() => SendSignal(_process.Id, SignalStop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => SendSignal(_process.Id, SignalContinue);

    /// <summary>SIGKILL; returns when the program is gone.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public string Transcript()
    {
        lock (_gate)
            return $"--- {_name}, standard output:\n{_output}--- {_name}, standard error:\n{_errors}";
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line, StringBuilder stream)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            stream.Append(line).Append('\n');
            for (int at = _waiting.Count - 1; at >= 0; at--)
            {
                if (!_waiting[at].Matches(line))
                    continue;
                _waiting[at].Found.TrySetResult(line);
                _waiting.RemoveAt(at);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
