/** The demo page's markup; style and script are put in place of the two marks. */
export const DEMO_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Momentum demo</title>
<link rel="icon" href="data:,">
<style>/*STYLE*/</style>
</head>
<body>
<header>
  <h1>Momentum demo</h1>
  <p id="status" role="status" data-state="offline">Not connected</p>
</header>
<main>
  <details id="panel" open>
    <summary>Connection</summary>
    <form id="connection" autocomplete="off">
      <label class="wide">Server <input id="url" name="url" inputmode="url" spellcheck="false" required></label>
      <label class="wide">Token (JWT) <input id="token" name="token" type="password" autocomplete="off" spellcheck="false"></label>
      <label class="check"><input id="auto-ping" type="checkbox" checked> Ping every 30 s</label>
      <button id="connect" type="submit">Connect</button>
    </form>
  </details>
  <section class="log" aria-labelledby="messages-title">
    <h2 id="messages-title">Messages</h2>
    <div id="log" role="log" tabindex="0" aria-labelledby="messages-title"><p id="empty">No messages yet.</p><ol id="messages"></ol></div>
  </section>
  <form id="composer" autocomplete="off">
    <label class="message">Message <input id="message" name="message" enterkeyhint="send"></label>
    <label class="to">To user id (empty: everyone) <input id="to" name="to" spellcheck="false"></label>
    <div class="buttons">
      <button type="submit" disabled>Send</button>
      <button id="notify" type="button" disabled>Notification</button>
      <button id="ping" type="button" disabled>Ping</button>
    </div>
  </form>
</main>
<script type="module">/*SCRIPT*/</script>
</body>
</html>
`
