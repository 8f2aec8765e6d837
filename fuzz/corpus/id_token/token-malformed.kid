{"alg":"RS256","kid":1}
{"iss":"https://idp.example.com","sub":"alice","aud":"web","exp":1750000300,"iat":1749999995,"nonce":"BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"}
