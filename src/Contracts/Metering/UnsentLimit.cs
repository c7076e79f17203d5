using System.Net.Sockets;

namespace Distribution.Contracts.Metering;

/// <summary>Holds a socket to its <see cref="UnsentAllowance"/> (TCP_NOTSENT_LOWAT; on Linux alone).</summary>
public sealed class UnsentLimit(Socket socket, int mostBytes, TimeProvider clock)
{
    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT

    private readonly UnsentAllowance _allowance = new(mostBytes, clock);

    /// <exception cref="SocketException">The connection is lost.</exception>
    public void SetUsual()
    {
        if (OperatingSystem.IsLinux())
            Set(UnsentAllowance.LeastBytes);
    }

    /// <summary>To be told each time that the socket takes no more.</summary>
    /// <param name="acceptedBytes">All that it has taken.</param>
    public void Waits(long acceptedBytes)
    {
        if (!OperatingSystem.IsLinux() || _allowance.Waits(acceptedBytes) is not { } limit)
            return;
        try
        {
            Set(limit);
        }
        catch (SocketException)
        {
            // Lost meanwhile; the next send says so.
        }
    }

    private void Set(int bytes) =>
        socket.SetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, BitConverter.GetBytes(bytes));
}
