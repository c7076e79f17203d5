using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Distribution.Ingest.Tests.Sends;

/// <summary>
/// What the kernel itself says of a TCP connection on this machine (/proc/net/tcp): a count of accepted bytes that owes nothing
/// to the code under test.
/// </summary>
internal static class KernelQueues
{
    /// <summary>Bytes that the socket with this local and remote port has accepted and its peer has not acknowledged.</summary>
    public static long Unacknowledged(int localPort, int remotePort) => Read(localPort, remotePort).Sent;

    /// <summary>Bytes that were received and not read.</summary>
    public static long Unread(int localPort, int remotePort) => Read(localPort, remotePort).Received;

    public static int PortOf(EndPoint? endpoint) => ((IPEndPoint)endpoint!).Port;

    public static (int Local, int Remote) Ports(Socket socket) =>
        (PortOf(socket.LocalEndPoint), PortOf(socket.RemoteEndPoint));

    private static (long Sent, long Received) Read(int localPort, int remotePort)
    {
        foreach (string line in File.ReadLines("/proc/net/tcp").Skip(1))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (Hex(fields[1].Split(':')[1]) != localPort || Hex(fields[2].Split(':')[1]) != remotePort)
                continue;
            string[] queues = fields[4].Split(':');
            return (Hex(queues[0]), Hex(queues[1]));
        }
        throw new InvalidOperationException($"No connection from port {localPort} to {remotePort}.");
    }

    private static long Hex(string digits) => long.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
