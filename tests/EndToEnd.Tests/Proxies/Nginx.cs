using System.Globalization;
using System.Net.Sockets;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Proxies;

/// <summary>Debian's nginx in front of a server, set up as docs/operations.md says; it reaches the server from 127.0.0.2.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunningProgram _program;

    private Nginx(int port, int serverPort)
    {
        string configuration = _folder.File("nginx.conf");
        File.WriteAllText(configuration, Text(port, serverPort));
        _program = RunningProgram.Start("nginx", ["-p", _folder.Path, "-c", configuration, "-e", "stderr"]);
    }

    public static async Task<Nginx> StartAsync(int port, int serverPort)
    {
        Requires.Program("nginx");
        var nginx = new Nginx(port, serverPort);
        try
        {
            await Wait.UntilAsync(() => nginx.ListensAsync(port), TimeSpan.FromSeconds(30), "nginx listens");
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<bool> ListensAsync(int port)
    {
        Assert.False(_program.HasExited, _program.Transcript());
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Text(int port, int serverPort) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path body;
              proxy_temp_path proxied;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
              upstream distribution { server 127.0.0.1:{{serverPort}}; keepalive 1; }
              server {
                listen 127.0.0.1:{{port}};
                client_max_body_size 0;
                location / {
                  proxy_pass http://distribution;
                  proxy_bind 127.0.0.2;
                  proxy_http_version 1.1;
                  proxy_set_header Host $http_host;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header Forwarded "";
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection $connection_upgrade;
                  proxy_buffering off;
                  proxy_request_buffering off;
                  proxy_read_timeout 1h;
                }
              }
            }
            """
        );
}
