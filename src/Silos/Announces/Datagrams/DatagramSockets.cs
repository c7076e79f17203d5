using System.Net;
using System.Net.Sockets;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>A socket for each address family that the machine has, all on the same port.</summary>
internal static class DatagramSockets
{
    private const int Attempts = 16;

    /// <param name="port">0: one that is free in each.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static IReadOnlyList<DatagramSocket> Bind(int port)
    {
        for (int attempt = 1; ; attempt++)
        {
            var four = new DatagramSocket(new IPEndPoint(IPAddress.Any, port));
            if (!Socket.OSSupportsIPv6)
                return [four];
            try
            {
                return [four, new DatagramSocket(new IPEndPoint(IPAddress.IPv6Any, four.LocalEndPoint.Port))];
            }
            catch (SocketException fault)
                when (fault.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                return [four];
            }
            catch (SocketException fault)
                when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse && port == 0 && attempt < Attempts)
            {
                four.Dispose();
            }
            catch
            {
                four.Dispose();
                throw;
            }
        }
    }
}
