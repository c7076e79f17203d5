using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace Distribution.PostgresServers;

/// <summary>
/// A PostgreSQL of the tests' own: data in a temporary folder, on a free port of loopback, started and stopped by its process id. It
/// refuses to run as root, so root lends it the user "postgres".
/// </summary>
internal sealed partial class PostgresServer : IAsyncDisposable
{
    private const string Ready = "database system is ready to accept connections";
    private const string User = "distribution";
    private const int FastShutdown = 2; // SIGINT
    private const int Attempts = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("distribution-postgres-").FullName;
    private readonly string _programs;
    private int _port;
    private int _databases;
    private Process? _process;

    private PostgresServer(string programs) => _programs = programs;

    /// <summary>The folder of initdb and postgres; null: not installed.</summary>
    public static string? Programs { get; } =
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Select(static version => Path.Combine(version, "bin"))
                .Where(static bin => File.Exists(Path.Combine(bin, "initdb")))
                .Order(StringComparer.Ordinal)
                .LastOrDefault()
            : null;

    /// <summary>The one user's password.</summary>
    public static string Password => "correct-horse";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Programs!);
        try
        {
            string password = Path.Combine(server._folder, "password");
            await File.WriteAllTextAsync(password, Password);
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", ["-R", "postgres", server._folder]);
            (string program, string[] arguments) = server.Command(
                "initdb",
                [
                    "-D",
                    server.Data,
                    "-U",
                    User,
                    "-A",
                    "scram-sha-256",
                    "--pwfile",
                    password,
                    "-N",
                    "-E",
                    "UTF8",
                    "--locale=C",
                ]
            );
            await RunAsync(program, arguments);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new, empty database, as a connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Database={database};Username={User};Password={Password}";

    public static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // texts of the tests
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends every connection and then the server, in order; returns when it is gone.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process)
            return;
        SendSignal(process.Id, FastShutdown);
        await process.WaitForExitAsync();
    }

    /// <summary>Starts it on the same data, and on the same port where it had one.</summary>
    public async Task StartAgainAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            if (_databases == 0)
                _port = FreePort();
            if (await TryStartAsync())
                return;
            if (attempt == Attempts)
                throw new InvalidOperationException($"PostgreSQL did not start on port {_port}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private async Task<bool> TryStartAsync()
    {
        (string program, string[] arguments) = Command(
            "postgres",
            [
                "-D",
                Data,
                "-p",
                $"{_port}",
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                $"unix_socket_directories={_folder}",
                // A process's death loses nothing without it, and the tests kill no machine.
                "-c",
                "fsync=off",
            ]
        );
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = _folder,
            },
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains(Ready, StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _process?.Dispose();
        _process = process;
        Task exited = process.WaitForExitAsync();
        return await Task.WhenAny(ready.Task, exited).WaitAsync(StartLimit) == ready.Task;
    }

    private (string Program, string[] Arguments) Command(string name, string[] arguments)
    {
        string program = Path.Combine(_programs, name);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments])
            : (program, arguments);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
