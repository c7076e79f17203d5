using Distribution.Contracts.PlainHttp;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>What a loop does with a connection in its turn: receives, has handlers answer, sends.</summary>
internal sealed class PlainTurns(PlainLoop loop, IPlainHandler[] handlers, ILogger logger)
{
    // Of one turn, before others get theirs.
    private const int TurnBytes = 1 << 20;
    private const int RequestCostBytes = 8 << 10;

    // Answers to requests that came together leave together.
    private const int GatheredBytes = 32 << 10;
    private const int InputBytes = 16 << 10;

    private readonly byte[] _input = new byte[InputBytes];
    private int _left;

    /// <summary>One turn: goes on with a connection as far as it goes.</summary>
    public void Drive(PlainConnection connection)
    {
        _left = TurnBytes;
        try
        {
            while (_left > 0)
                if (!GoOn(connection))
                    return;
            loop.Queue(connection);
        }
        catch (Exception fault)
        {
            // One connection's, not the others'.
            logger.LogError(fault, "A plain request failed");
            loop.Close(connection, reset: true);
        }
    }

    /// <summary>False: there is nothing more to do for now.</summary>
    private bool GoOn(PlainConnection connection) =>
        connection.State switch
        {
            PlainState.Reading => Read(connection),
            PlainState.Sending => Send(connection),
            _ => false,
        };

    private bool Read(PlainConnection connection)
    {
        if (!connection.Kept.IsEmpty)
        {
            int kept = connection.TakeKept(_input);
            return Answer(connection, _input.AsSpan(0, kept));
        }
        if (connection.Listener.IsEnding)
        {
            loop.Close(connection);
            return false;
        }
        if (!connection.CanRead)
            return false;
        int received = PlainCalls.Receive(connection.Descriptor, _input);
        if (received == PlainCalls.TryAgain)
        {
            connection.CanRead = false;
            return false;
        }
        if (received == PlainCalls.Interrupted)
            return true;
        if (received <= 0)
        {
            loop.Close(connection);
            return false;
        }
        // Fewer than there was room for: there were no more. What comes next is told.
        connection.CanRead = received == _input.Length || connection.PeerEnded;
        return Answer(connection, _input.AsSpan(0, received));
    }

    /// <param name="input">Within the loop's.</param>
    private bool Answer(PlainConnection connection, ReadOnlySpan<byte> input)
    {
        loop.Output.ResetWrittenCount();
        PlainAnswer answer = PlainAnswer.Given;
        while (!input.IsEmpty && answer == PlainAnswer.Given)
        {
            answer = Offer(connection, input, out int lengthBytes);
            if (answer != PlainAnswer.Given)
                break;
            connection.HasWaited = false;
            _left -= RequestCostBytes;
            input = input[lengthBytes..];
            if (!connection.KeepsAlive || connection.HasFile || loop.Output.WrittenCount > GatheredBytes)
                break;
        }
        if (loop.Output.WrittenCount > 0)
        {
            // Answers to what came before leave first.
            if (!input.IsEmpty)
                connection.Keep(input);
            if (answer == PlainAnswer.Later)
                connection.HasWaited = false;
            connection.State = PlainState.Sending;
            // Unread input would turn the end into a reset, before which what is held back is lost.
            bool closes = !connection.KeepsAlive && input.IsEmpty && !connection.CanRead;
            if (connection.Send(loop.Output.WrittenSpan, closes))
                return true;
            loop.Close(connection);
            return false;
        }
        if (answer == PlainAnswer.Later)
        {
            connection.Keep(input);
            connection.HasWaited = true;
            connection.State = PlainState.Waiting;
            int generation = connection.Generation;
            connection.Awaited!.ContinueWith(
                _ => loop.Post(connection, generation),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            return false;
        }
        loop.HandOver(connection, input);
        return false;
    }

    private PlainAnswer Offer(PlainConnection connection, ReadOnlySpan<byte> input, out int lengthBytes)
    {
        lengthBytes = 0;
        if (!PlainHead.TryRead(input, out PlainHead head))
            return PlainAnswer.Other;
        lengthBytes = head.LengthBytes;
        connection.KeepsAlive = head.KeepsAlive && !connection.Listener.IsEnding;
        foreach (IPlainHandler handler in handlers)
        {
            PlainAnswer answer = handler.TryAnswer(head, connection);
            // Who does not know after having waited does not get to know.
            if (answer == PlainAnswer.Given || answer == PlainAnswer.Later && !connection.HasWaited)
                return answer;
        }
        return PlainAnswer.Other;
    }

    private bool Send(PlainConnection connection)
    {
        if (!connection.IsFlushed)
        {
            if (!connection.CanWrite)
                return false;
            if (!connection.SendUnsent())
            {
                loop.Close(connection);
                return false;
            }
            if (!connection.IsFlushed)
                return false;
        }
        if (!connection.HasFile || connection.TryEndFile())
            return EndAnswer(connection);
        if (!connection.CanWrite)
            return false;
        if (connection.IsFileAtHand())
            return Sent(connection, connection.SendOfFile());
        connection.GoAway();
        return false;
    }

    /// <summary>Goes on after a call for the file.</summary>
    private bool Sent(PlainConnection connection, int sent)
    {
        if (sent > 0)
        {
            _left -= sent;
            return true;
        }
        if (sent == PlainCalls.TryAgain)
        {
            connection.CanWrite = false;
            return connection.CanGoOn(sent);
        }
        if (sent < 0 && connection.CanGoOn(sent))
            return true;
        if (sent is 0 or PlainCalls.DeviceFailed)
            logger.LogError("A stored file cannot be read, or is shorter than its record; its viewer is cut off");
        loop.Close(connection, reset: sent is 0 or PlainCalls.DeviceFailed);
        return false;
    }

    private bool EndAnswer(PlainConnection connection)
    {
        connection.StallSince = -1;
        connection.IdleSince = loop.Now;
        connection.State = PlainState.Reading;
        if (connection.KeepsAlive)
            return true;
        loop.Close(connection);
        return false;
    }

    /// <summary>It was elsewhere, or its handler now knows more.</summary>
    public void Return(PlainConnection connection)
    {
        if (connection.State == PlainState.Waiting)
        {
            connection.State = PlainState.Reading;
            Drive(connection);
            return;
        }
        if (connection.State != PlainState.Away)
            return;
        int sent = connection.TakeAwayResult();
        if (connection.IsUnwanted)
        {
            loop.Close(connection, reset: true);
            return;
        }
        _left = TurnBytes;
        if (sent == PlainCalls.TryAgain)
        {
            // Room that came meanwhile has been told already.
            connection.CanGoOn(sent);
            Drive(connection);
            return;
        }
        connection.CanWrite = true;
        if (Sent(connection, sent))
            Drive(connection);
    }
}
